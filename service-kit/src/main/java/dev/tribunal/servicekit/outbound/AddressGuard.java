package dev.tribunal.servicekit.outbound;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a registered server may have, so that registering one does not open the inside of the network: only
 * hosts of the allow-list, and of what they resolve to, none that is {@linkplain ForbiddenAddresses forbidden}.
 *
 * <p>Names are checked at registration, addresses at the moment of connecting, with the very addresses that are then
 * connected to. A name is resolved once: connections keep to its addresses until none of them answers. Only then it is
 * resolved again, and a name that was outside does not come back inside.
 */
public final class AddressGuard implements DnsResolver {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "::1");

    /** What some resolvers take for an address: 2130706433, 0x7f.1, 0177.0.0.1. */
    private static final Pattern NUMERIC = Pattern.compile("(0x[0-9a-f]*|\\d+)(\\.(0x[0-9a-f]*|\\d+))*");

    private static final String BYTE = "(0|[1-9]\\d?|1\\d\\d|2[0-4]\\d|25[0-5])";
    private static final Pattern DOTTED = Pattern.compile(BYTE + "(\\." + BYTE + "){3}");

    private final String property;
    private final List<String> allowedHosts;
    private final Names names;
    private final Map<String, Pin> pins = new ConcurrentHashMap<>();

    /** A guard of judges' addresses. */
    public AddressGuard(List<String> allowedHosts) {
        this(allowedHosts, "tribunal.judge.allowed-hosts");
    }

    /**
     * @param allowedHosts host names, or {@code *.suffix} for any host below the suffix
     * @param property that they are set by, for errors
     */
    public AddressGuard(List<String> allowedHosts, String property) {
        this(allowedHosts, property, SystemDefaultDnsResolver.INSTANCE::resolve);
    }

    /** @param names whom to ask for names' addresses */
    public AddressGuard(List<String> allowedHosts, String property, Names names) {
        this.property = property;
        this.allowedHosts = allowedHosts.stream().map(AddressGuard::plain).toList();
        this.names = names;
    }

    /** Resolves names to addresses. */
    @FunctionalInterface
    public interface Names {
        InetAddress[] resolve(String host) throws UnknownHostException;
    }

    /** @param live whether the addresses have answered so far */
    private record Pin(InetAddress[] addresses, boolean outside, boolean live) {}

    /** What is wrong with a URL and what to do; null if nothing is. */
    public @Nullable String objection(@Nullable String url) {
        if (url == null || url.isBlank()) {
            return "is missing; give the server's base URL, for example http://math.judges.svc:8080";
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return "is not a URL: " + e.getReason();
        }
        if (!"http".equals(uri.getScheme()) && !"https".equals(uri.getScheme())) {
            return "must begin with http:// or https://, not " + uri.getScheme();
        }
        if (uri.getHost() == null) {
            return "names no host";
        }
        if (uri.getRawUserInfo() != null) {
            return "must hold no user or password; name a secret in auth.secretRef";
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            return "must be a base URL without query or fragment";
        }
        if (!allowed(uri.getHost())) {
            return "names the host '" + uri.getHost() + "', which is not in " + property + " " + allowedHosts
                    + "; add it there if it may be asked";
        }
        return literalObjection(plain(uri.getHost()));
    }

    /** Whether there is no objection to a base URL. */
    public boolean allows(@Nullable String baseUrl) {
        return objection(baseUrl) == null;
    }

    private static @Nullable String literalObjection(String host) {
        if (NUMERIC.matcher(host).matches() && !DOTTED.matcher(host).matches()) {
            return "names the host '" + host + "'; write an address as four decimal numbers";
        }
        if (!DOTTED.matcher(host).matches() && host.indexOf(':') < 0) {
            return null;
        }
        String withoutScope = host.split("%", 2)[0];
        String objection = ForbiddenAddresses.objection(InetAddress.ofLiteral(withoutScope));
        return objection == null ? null : "names the host '" + host + "', which is " + objection;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        if (!allowed(host)) {
            throw new RefusedAddress("'" + host + "' is not in " + property);
        }
        String name = plain(host);
        Pin pinned = pins.get(name);
        if (pinned != null && pinned.live()) {
            return pinned.addresses().clone();
        }
        InetAddress[] addresses = names.resolve(host);
        for (InetAddress address : addresses) {
            String objection = objection(name, address, pinned);
            if (objection != null) {
                throw new RefusedAddress("'" + host + "' resolves to " + address.getHostAddress() + ", " + objection
                        + ", to which nothing may be connected");
            }
        }
        pins.put(name, new Pin(addresses, outside(addresses), true));
        return addresses.clone();
    }

    private static @Nullable String objection(String name, InetAddress address, @Nullable Pin before) {
        // A name that resolves to this machine would reach what only this machine may reach.
        if (address.isLoopbackAddress() && !LOOPBACK_NAMES.contains(name)) {
            return "this machine";
        }
        if (before != null && before.outside() && ForbiddenAddresses.inside(address)) {
            return "inside the network, and was outside before";
        }
        return ForbiddenAddresses.objection(address);
    }

    private static boolean outside(InetAddress[] addresses) {
        return Arrays.stream(addresses).noneMatch(ForbiddenAddresses::inside);
    }

    /** None of the host's addresses answers: the next connection resolves it again. */
    void noAnswer(String host) {
        pins.computeIfPresent(plain(host), (name, pin) -> new Pin(pin.addresses(), pin.outside(), false));
    }

    @Override
    public String resolveCanonicalHostname(String host) {
        return host;
    }

    private boolean allowed(String host) {
        String name = plain(host);
        return allowedHosts.stream()
                .anyMatch(allowed ->
                        allowed.startsWith("*.") ? name.endsWith(allowed.substring(1)) : name.equals(allowed));
    }

    /** Lower case, an IPv6 address without its brackets. */
    private static String plain(String host) {
        return host.strip().toLowerCase(Locale.ROOT).replaceAll("^\\[|]$", "");
    }

    /** Not unknown, but the only failure that a resolver can tell. */
    public static final class RefusedAddress extends UnknownHostException {
        RefusedAddress(String message) {
            super(message);
        }
    }
}
