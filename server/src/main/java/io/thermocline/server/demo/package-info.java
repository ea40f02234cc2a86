/** {@code thermocline demo}: the product's main job in a few seconds, on its sample stream. */
package io.thermocline.server.demo;
