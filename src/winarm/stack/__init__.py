"""What a set of requirements needs to run on Windows on Arm: its status, and its wheels."""
