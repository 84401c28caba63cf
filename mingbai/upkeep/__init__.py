"""What keeps a house standing: backup and restore, the doctor, the sheet of the key. No tables."""
