package dev.tribunal.servicekit.json;

/** Writes and compares JSON pointers (RFC 6901). */
public final class JsonPointers {

    private JsonPointers() {}

    /** The pointer to a field of what {@code parent} points to. */
    public static String child(String parent, String field) {
        return parent + "/" + field.replace("~", "~0").replace("/", "~1");
    }

    /** The pointer to an element of the list that {@code parent} points to. */
    public static String child(String parent, int index) {
        return parent + "/" + index;
    }

    /** Whether {@code inner} points to what {@code outer} points to, or into it. */
    public static boolean contains(String outer, String inner) {
        return inner.equals(outer) || inner.startsWith(outer + "/");
    }
}
