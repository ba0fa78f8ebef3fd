/**
 * What runs tell to addresses outside the platform. Input: events that are to be delivered. Output: signed POSTs, each
 * tried a number of times, which no training waits for.
 */
@NullMarked
package dev.tribunal.trainer.webhook;

import org.jspecify.annotations.NullMarked;
