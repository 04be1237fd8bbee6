"""Who reacts to which news? News kind → reactions, called once per transaction with the list of news."""

REACTIONS = {
}
