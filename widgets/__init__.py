"""Practise coding of mediated interaction: data, numbers, figures and widgets of the handbook."""
