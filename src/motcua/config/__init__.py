"""The roof: settings, addresses, subscriptions, the command line. Nothing imports it."""
