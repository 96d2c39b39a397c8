"""The words of the house: frozen values, no input or output."""
