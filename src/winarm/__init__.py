"""winarm: verified Windows-on-Arm wheels from any machine."""
