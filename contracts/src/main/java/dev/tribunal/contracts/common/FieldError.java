package dev.tribunal.contracts.common;

/** One mistake in a request: a JSON pointer (RFC 6901) to it, and what is wrong and what to do. */
public record FieldError(String pointer, String detail) {}
