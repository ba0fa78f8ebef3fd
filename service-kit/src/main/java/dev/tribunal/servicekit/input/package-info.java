/**
 * The one reader of what a person writes: run specs, registrations, judges' parameters. Its input is JSON or YAML and a
 * record; its output is the record, or all mistakes at once with a JSON pointer each. What programs send is read the same
 * way, but for fields that are not known.
 */
@NullMarked
package dev.tribunal.servicekit.input;

import org.jspecify.annotations.NullMarked;
