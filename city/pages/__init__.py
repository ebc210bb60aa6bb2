"""The pages that people at a city read; every one is whole without script."""
