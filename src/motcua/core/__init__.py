"""What everything stands on: errors, events, ids, periods, money, codes, Vietnamese text. No models."""
