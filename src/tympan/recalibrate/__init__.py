"""Taking a library through another model: pins, probes, acceptance, and the way back.

Reads the checkout. Writes the ledger, the store, specs, locks, decisions, and the folder of recalibrations.
"""
