"""The dashboard: pages made of public functions and figures of rdpscore, and nothing computed here."""
