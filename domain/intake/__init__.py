"""From the cells of a sheet to records with their repairs and findings (データ取込)."""
