"""What happens once an answer is decided: logging and remembering."""
