"""What officers, the worker and the inspected body do: codes, visits, photos, ratings."""
