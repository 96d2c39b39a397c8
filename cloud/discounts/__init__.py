"""What makes a purchase cheaper or pays for it: promotions, coupons and gift cards."""
