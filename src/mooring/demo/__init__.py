"""The fictional clinic: its people, their answers, and the doors that let a visitor be one of them."""
