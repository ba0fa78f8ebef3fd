package dev.tribunal.judge.fanout;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.jspecify.annotations.Nullable;

/**
 * Which addresses a judge may have, so that registering one does not open the inside of the network: only hosts of
 * the allow-list, and of what they resolve to, neither link-local nor metadata addresses. Names are checked at
 * registration, addresses at the moment of connecting, with the very addresses that are then connected to.
 */
public final class AddressGuard implements DnsResolver {

    private static final Set<String> LOOPBACK_NAMES = Set.of("localhost", "127.0.0.1", "::1");

    /** The instance metadata service of a large cloud, by IPv6; by IPv4 it is link-local. */
    private static final String METADATA = "fd00:ec2:0:0:0:0:0:254";

    private final List<String> allowedHosts;

    /** @param allowedHosts host names, or {@code *.suffix} for any host below the suffix */
    public AddressGuard(List<String> allowedHosts) {
        this.allowedHosts = allowedHosts.stream().map(AddressGuard::plain).toList();
    }

    /** What is wrong with a judge's URL and what to do; null if nothing is. */
    public @Nullable String objection(@Nullable String url) {
        if (url == null || url.isBlank()) {
            return "is missing; give the judge's base URL, for example http://math.judges.svc:8080";
        }
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            return "is not a URL: " + e.getMessage();
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
            return "names the host '" + uri.getHost() + "', which is not in tribunal.judge.allowed-hosts "
                    + allowedHosts + "; add it there if judges may run on it";
        }
        return null;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        if (!allowed(host)) {
            throw new RefusedAddress("'" + host + "' is not in tribunal.judge.allowed-hosts");
        }
        InetAddress[] addresses = SystemDefaultDnsResolver.INSTANCE.resolve(host);
        for (InetAddress address : addresses) {
            // A name that resolves to this machine would reach what only this machine may reach.
            if (forbidden(address) || (address.isLoopbackAddress() && !LOOPBACK_NAMES.contains(plain(host)))) {
                throw new RefusedAddress("'" + host + "' resolves to " + address.getHostAddress()
                        + ", to which no judge may be connected");
            }
        }
        return addresses;
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

    private static boolean forbidden(InetAddress address) {
        return address.isLinkLocalAddress()
                || address.isAnyLocalAddress()
                || address.isMulticastAddress()
                || address.getHostAddress().equals(METADATA);
    }

    /** Not unknown, but the only failure that a resolver can tell. */
    static final class RefusedAddress extends UnknownHostException {
        RefusedAddress(String message) {
            super(message);
        }
    }
}
