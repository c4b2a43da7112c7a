"""What tokens cost: the user's price, then a dated catalogue, else unknown."""
