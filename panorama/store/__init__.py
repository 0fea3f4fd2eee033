"""The store: originals and parts that never change, snapshots built from them, and what people decided."""
