"""The discovery job: for everybody what they may like and have not met, out of everybody's engagement."""
