"""What runs inside the build environment; see `winarm_child`."""
