"""The register of personal data (8.4): what every stored field says of a person, why it is kept, and until when."""
