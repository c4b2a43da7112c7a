"""Its place lets the tests in the folders below import `hand_made`."""
