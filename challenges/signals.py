"""What the apps above may listen to; every signal is sent inside the transaction of the change."""

from django.dispatch import Signal

# A challenge has begun for the first of its participants, once. Arguments: challenge.
challenge_started = Signal()
# The standings of a challenge are frozen, once. Arguments: challenge.
challenge_finished = Signal()
# Somebody takes part, or does not any more; the user is locked. Arguments: challenge_id, user_id.
participation_began = Signal()
participation_ended = Signal()
# A participant's score is another one. Arguments: participation, as about to be stored, old_score.
standing_changed = Signal()
# A runner has something to say. Arguments: announcement.
announced = Signal()
# Somebody is asked to take part. Arguments: invitation.
participant_invited = Signal()
