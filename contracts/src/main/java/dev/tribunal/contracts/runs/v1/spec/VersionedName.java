package dev.tribunal.contracts.runs.v1.spec;

/** {@code NAME@VERSION}, as a spec names a judge or a reward model. */
public record VersionedName(String name, String version) {

    /** @throws IllegalArgumentException with a message for the user */
    public static VersionedName parse(String text) {
        int at = text.indexOf('@');
        if (at < 1 || at == text.length() - 1 || text.indexOf('@', at + 1) >= 0) {
            throw new IllegalArgumentException("'" + text + "' must be written NAME@VERSION");
        }
        return new VersionedName(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public String toString() {
        return name + "@" + version;
    }
}
