"""The wire: names, shapes, limits, frames and close codes. Imports nothing of the rest."""
