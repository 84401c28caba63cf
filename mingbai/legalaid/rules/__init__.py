"""Who is entitled to legal aid, as pure functions over the dated catalogue."""
