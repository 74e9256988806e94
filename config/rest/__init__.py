"""The ground on which every app's HTTP surface stands; it knows no app."""
