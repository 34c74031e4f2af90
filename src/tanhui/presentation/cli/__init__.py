"""The command line `tanhui`."""
