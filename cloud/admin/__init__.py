"""The staff's pages: everything goes through the services that customers' pages use."""
