"""What every cloud feature stands on: database, events, jobs, money, web, mail, clock.

A closed list. Nothing here knows a feature: what a feature must supply (who is signed in, what
the site is called) arrives through a port that a composition root fills.
"""
