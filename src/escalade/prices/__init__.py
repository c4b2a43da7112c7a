"""What tokens cost: the user's price, then a dated catalogue, else unknown."""

from escalade.prices.catalogue import CatalogueAge, catalogue_age, catalogue_price, provider_of
from escalade.prices.excess import Excess
from escalade.prices.price import LongPrompt, Price, Rates

__all__ = ["CatalogueAge", "Excess", "LongPrompt", "Price", "Rates", "catalogue_age", "catalogue_price", "provider_of"]
