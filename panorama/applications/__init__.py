"""申请受理: what an application is and whether it may be accepted. Rules alone: no database, no screen."""
