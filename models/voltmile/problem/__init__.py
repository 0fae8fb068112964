"""What is given: frozen records, the folder reader, validation."""
