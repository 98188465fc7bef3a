"""What a model may know, said once: definitions, offline rows, online rows, the matrix, the bundle."""
