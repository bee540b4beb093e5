"""What others say about our channels: Social Blade, vidIQ and TubeBuddy; off without a key, and never in the way."""
