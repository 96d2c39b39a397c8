"""What webhooks do: endpoints kept, news told, deliveries tried."""
