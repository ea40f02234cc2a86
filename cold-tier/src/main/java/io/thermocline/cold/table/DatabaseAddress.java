package io.thermocline.cold.table;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A database's address without what is secret in it. Drivers take the same from their properties,
 * and those are in no message, where Iceberg and {@link java.sql.DriverManager} print the address
 * they could not connect to.
 *
 * @param uri as it may be printed
 * @param secrets what stood in it, by the driver's names
 */
record DatabaseAddress(String uri, Map<String, String> secrets) {
  private static final Pattern SECRET =
      Pattern.compile("(?i).*(password|passphrase|secret|token).*");

  /** In front of the host, as some drivers take it. */
  private static final Pattern USER = Pattern.compile("//([^/@?;:]*):([^/@?;]*)@");

  /** Takes apart what begins with {@code jdbc:}. */
  static DatabaseAddress of(String uri) {
    Map<String, String> secrets = new LinkedHashMap<>();
    Matcher user = USER.matcher(uri);
    String rest = uri;
    if (user.find()) {
      secrets.put("user", decoded(user.group(1)));
      secrets.put("password", decoded(user.group(2)));
      rest = uri.substring(0, user.start()) + "//" + uri.substring(user.end());
    }
    // Either address?name=value&name=value or, as SQL Server's, address;name=value;name=value.
    int question = rest.indexOf('?');
    int parameters = question >= 0 ? question : rest.indexOf(';');
    if (parameters < 0) {
      return new DatabaseAddress(rest, secrets);
    }
    List<String> kept = new ArrayList<>();
    for (String parameter : rest.substring(parameters + 1).split(question >= 0 ? "&" : ";", -1)) {
      int equals = parameter.indexOf('=');
      if (equals > 0 && SECRET.matcher(parameter.substring(0, equals)).matches()) {
        String value = parameter.substring(equals + 1);
        secrets.put(parameter.substring(0, equals), question >= 0 ? decoded(value) : value);
      } else {
        kept.add(parameter);
      }
    }
    String separator = rest.substring(parameters, parameters + 1);
    return new DatabaseAddress(
        rest.substring(0, parameters)
            + (kept.isEmpty() ? "" : separator + String.join(question >= 0 ? "&" : ";", kept)),
        secrets);
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException asItStands) {
      return text;
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return uri;
  }
}
