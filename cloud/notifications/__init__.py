"""Notifications: news told to people, in their account and by mail, once each."""
