"""The sandbox: one real HTTP server that stands in for the platforms.

`python -m include.sandbox --port 9400 --data DIR` starts it. Product code never imports it and reaches it only by the
addresses in `config/endpoints.yaml`; it imports nothing of the product either, so that it is a second, independent
reading of what the platforms ask for.
"""
