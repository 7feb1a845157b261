"""Signals: something worth a conversation, with its evidence frozen."""
