"""Social Blade: public figures of channels, paid by credits."""
