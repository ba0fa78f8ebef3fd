/**
 * The reward service: reward models as versioned resources, and scoring with them (reward/v1).
 *
 * <p>Rooms, in the order in which a reward model comes to be and is used: {@code text} (a conversation as the tokens
 * that a reward model reads), {@code remote} (servers of other systems), {@code training} (Bradley-Terry on preference
 * pairs), {@code model} (versions and their preparation), {@code scoring}. This package holds the application and its
 * HTTP door.
 */
@NullMarked
package dev.tribunal.reward;

import org.jspecify.annotations.NullMarked;
