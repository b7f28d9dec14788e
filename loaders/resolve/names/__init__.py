"""Reading an employer's name: what of it is place, brand, trade, legal form, branch, and what is no name."""
