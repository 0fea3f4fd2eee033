"""问题台账: what an issue is and what may happen to it. Rules alone: no database, no screen."""
