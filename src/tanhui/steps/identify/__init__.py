"""Identification of green and low-carbon behaviors (clause 7.2, Appendix A)."""
