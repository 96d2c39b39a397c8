"""Weekly scent schedules: what should run when, and the runner that makes it so."""
