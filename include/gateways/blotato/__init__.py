"""Blotato: publishes to several platforms with one API key."""
